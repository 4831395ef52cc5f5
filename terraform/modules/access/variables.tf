variable "name" {
  description = "What names of roles begin with."
  type        = string
}

variable "deployer_arns" {
  description = "Roles or users that may take the role of the deployer; none make no such role."
  type        = list(string)
}

variable "github" {
  description = "Repository and environment whose GitHub Actions may bring images; null makes no such role."
  type        = object({ repository = string, environment = string, create_provider = bool })
}

variable "function_name" {
  description = "Name of the function."
  type        = string
}

variable "function_arn" {
  description = "ARN of the function."
  type        = string
}

variable "repository_arn" {
  description = "ARN of the image repository."
  type        = string
}

variable "cluster_arn" {
  description = "ARN of the workers' cluster; null without workers."
  type        = string
}

variable "worker_role_arns" {
  description = "Roles of the workers' tasks."
  type        = list(string)
}

variable "data_arn" {
  description = "ARN of the folder of data sets, without a slash at the end."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of the bucket."
  type        = string
}

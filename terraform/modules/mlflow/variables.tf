variable "name" {
  description = "What names begin with; at most 32 characters, by the load balancer."
  type        = string
}

variable "image" {
  description = "Image of MLflow with its tag or digest, see ops/services/Dockerfile."
  type        = string
}

variable "repository_arn" {
  description = "Repository of the image."
  type        = string
}

variable "architecture" {
  description = "Processors that the image is for: ARM64 or X86_64."
  type        = string
}

variable "cpu" {
  description = "CPU units of the server; 1024 are a processor."
  type        = number
}

variable "memory_mib" {
  description = "Memory of the server in MiB."
  type        = number
}

variable "instance_class" {
  description = "Class of the database instance."
  type        = string
}

variable "multi_az" {
  description = "Whether the database has a standby in another zone."
  type        = bool
}

variable "certificate_arn" {
  description = "Certificate of the load balancer; null leaves it at HTTP."
  type        = string
}

variable "host_name" {
  description = "Name that the certificate is for; null takes the load balancer's own."
  type        = string
}

variable "cluster_arn" {
  description = "ECS cluster that runs the server."
  type        = string
}

variable "vpc_id" {
  description = "Network of server and database."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in two zones at least."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Security group of those that may ask."
  type        = string
}

variable "bucket" {
  description = "Bucket of the artifacts."
  type        = string
}

variable "bucket_arn" {
  description = "Its ARN."
  type        = string
}

variable "prefix" {
  description = "Prefix of the artifacts, without a slash at the end."
  type        = string
}

variable "deletion_protection" {
  description = "Whether balancer and database refuse to be destroyed."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key of database, password, logs and artifacts."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
}

variable "client_cidrs" {
  description = "Networks from which people may reach the load balancer."
  type        = set(string)
}

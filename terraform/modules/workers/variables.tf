variable "name" {
  description = "Name of the cluster, and what others begin with."
  type        = string
}

variable "workers" {
  description = "Workers by role: size, number, and what they scale by."
  type = map(object({
    cpu         = number
    memory_mib  = number
    storage_gib = number
    minimum     = number
    maximum     = number
    cpu_percent = number
    backlog = object({
      namespace  = string
      metric     = string
      dimensions = map(string)
      per_worker = number
    })
  }))
}

variable "image" {
  description = "Image with its tag or digest."
  type        = string
}

variable "architecture" {
  description = "Processors that the image is for: ARM64 or X86_64."
  type        = string
}

variable "repository_arn" {
  description = "Repository of the image."
  type        = string
}

variable "environment" {
  description = "Settings that are no secrets."
  type        = map(string)
}

variable "secrets" {
  description = "Settings by the ARN of the secret that holds them."
  type        = map(string)
}

variable "secret_key_arns" {
  description = "Keys of such secrets, where they are others than kms_key_arn and AWS's own."
  type        = list(string)
}

variable "codec_key_arns" {
  description = "Keys that the payload codec's keys were encrypted with, where they are others than kms_key_arn."
  type        = list(string)
}

variable "log_key_arn" {
  description = "KMS key that signs the logs of models; null for one in the bucket."
  type        = string
}

variable "anchor" {
  description = "Bucket and folder, without slashes around it, where heads of logs are kept apart; null for none."
  type        = object({ bucket = string, prefix = string })
}

variable "metrics_port" {
  description = "Port of Prometheus metrics; null for none."
  type        = number
}

variable "metrics_from_security_group_ids" {
  description = "Security groups that may ask for metrics."
  type        = list(string)
}

variable "health_port" {
  description = "Port of the health check, inside the container."
  type        = number
}

variable "shutdown_grace_seconds" {
  description = "Seconds that running work has to end in."
  type        = number
}

variable "vpc_id" {
  description = "Network of the workers."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of the workers."
  type        = list(string)
}

variable "egress_ports" {
  description = "What workers may call."
  type        = map(object({ cidr = string, port = number }))
}

variable "bucket_arn" {
  description = "Bucket of data, models and captures."
  type        = string
}

variable "dataset_arns" {
  description = "Objects elsewhere that workers may read, like arn:aws:s3:::bucket/folder/*."
  type        = list(string)
}

variable "deploy_policy" {
  description = "JSON policy of those that deploy the function."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of bucket, logs and secrets."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
}

variable "name" {
  description = "Name of the delivery stream, and what those of its roles begin with."
  type        = string
}

variable "model" {
  description = "Name of the model whose predictions these are."
  type        = string
}

variable "log_group" {
  description = "Name of the function's log group."
  type        = string
}

variable "log_group_arn" {
  description = "ARN of the function's log group."
  type        = string
}

variable "bucket_arn" {
  description = "Bucket of the captured predictions."
  type        = string
}

variable "prefix" {
  description = "Prefix in the bucket, without a slash at the end."
  type        = string
}

variable "buffering_seconds" {
  description = "Seconds after which a file is written at the latest."
  type        = number
}

variable "buffering_mib" {
  description = "Size in MiB at which a file is written."
  type        = number
}

variable "kms_key_arn" {
  description = "Key that encrypts the stream, the files and the log."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which the log of failed deliveries is kept."
  type        = number
}

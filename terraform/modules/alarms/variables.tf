variable "name" {
  description = "What names begin with, and the namespace of the metrics of alerts."
  type        = string
}

variable "emails" {
  description = "Addresses that get alarms, once they have confirmed."
  type        = set(string)
}

variable "function" {
  description = "Name of the function."
  type        = string
}

variable "function_alias" {
  description = "Alias that callers use."
  type        = string
}

variable "error_count" {
  description = "Errors in five minutes that are still borne."
  type        = number
}

variable "duration_ms" {
  description = "Duration of the slowest hundredth of requests that is still borne, in milliseconds."
  type        = number
}

variable "capture_stream" {
  description = "Name of the delivery stream of predictions."
  type        = string
}

variable "cluster" {
  description = "Name of the workers' cluster; null without workers."
  type        = string
}

variable "worker_log_groups" {
  description = "Names of the workers' log groups by role, which is also the name of the service."
  type        = map(string)
}

variable "kms_key_arn" {
  description = "Key that encrypts the topic."
  type        = string
}

variable "name" {
  description = "Name of the function."
  type        = string
}

variable "role_prefix" {
  description = "What the name of the role begins with."
  type        = string
}

variable "model" {
  description = "Name of the model that it serves."
  type        = string
}

variable "alias" {
  description = "Alias that callers use."
  type        = string
}

variable "memory_mib" {
  description = "Memory in MiB."
  type        = number
}

variable "timeout_seconds" {
  description = "Seconds after which a request is given up."
  type        = number
}

variable "reserved_concurrency" {
  description = "Most requests at a time, reserved from the account's; -1 for what the account has."
  type        = number
}

variable "capture_inputs" {
  description = "Whether the prediction log has the inputs, which drift checks of features need."
  type        = bool
}

variable "url_access" {
  description = "AWS_IAM for signed requests, NONE for everybody."
  type        = string
}

variable "cors" {
  description = "Pages of which other origins may ask, with which request headers, and for how many seconds a browser may remember it; null for none."
  type = object({
    allow_origins   = list(string)
    allow_headers   = list(string)
    max_age_seconds = number
  })
}

variable "kms_key_arn" {
  description = "Key that encrypts the log."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which the log is kept."
  type        = number
}

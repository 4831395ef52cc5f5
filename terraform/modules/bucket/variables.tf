variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts objects; null takes S3's own."
  type        = string
  default     = null
}

variable "log_bucket" {
  description = "Bucket that takes the access log; null keeps none."
  type        = object({ name = string })
  default     = null
}

variable "expirations" {
  description = "Days after which objects below a prefix expire."
  type        = map(number)
  default     = {}
}

variable "noncurrent_days" {
  description = "Days for which replaced and deleted versions are kept."
  type        = number
}

variable "policy_documents" {
  description = "JSON policies that the bucket policy also has."
  type        = list(string)
  default     = []
}

variable "force_destroy" {
  description = "Whether destroying also removes the objects."
  type        = bool
}

variable "model_log" {
  description = "What vouches for the logs of models: ARN of a KMS key that signs them (ECC_NIST_P256, SIGN_VERIFY; null: a key in the bucket), fingerprints of further keys that may have, where their heads are kept apart (s3://bucket/prefix of another account's bucket, or mlflow:https://server), and days for which nobody can remove them there."
  type = object({
    kms_key_arn = optional(string)
    trusted     = optional(list(string), [])
    anchor      = optional(string)
    anchor_days = optional(number, 365)
  })
  default = {}

  validation {
    condition     = var.model_log.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.model_log.kms_key_arn))
    error_message = "model_log.kms_key_arn must be the ARN of a key, not of an alias: policies are for keys."
  }
  validation {
    condition     = alltrue([for fingerprint in var.model_log.trusted : can(regex("^[0-9a-f]{64}$", fingerprint))])
    error_message = "model_log.trusted must hold fingerprints of 64 hexadecimal digits, as npm run history -- --verify shows them."
  }
  validation {
    condition     = var.model_log.anchor == null || can(regex("^(s3://[a-z0-9.-]+(/.+)?|mlflow:https?://.+)$", var.model_log.anchor))
    error_message = "model_log.anchor must be s3://bucket/prefix or mlflow:https://server: a file would end with its task."
  }
  validation {
    condition     = var.model_log.anchor_days >= 1 && var.model_log.anchor_days <= 36500 && floor(var.model_log.anchor_days) == var.model_log.anchor_days
    error_message = "model_log.anchor_days must be a whole number from 1 to 36500."
  }
}

variable "downloads" {
  description = "Bounds of downloaded data sets: hosts of private networks that may be asked, largest size in MiB, seconds without a byte."
  type = object({
    hosts        = optional(list(string), [])
    max_mib      = optional(number, 10240)
    idle_seconds = optional(number, 60)
  })
  default = {}
}

variable "identity_accounts" {
  description = "AWS accounts whose callers may decide and start; none for the account of the workers."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for account in var.identity_accounts : can(regex("^[0-9]{12}$", account))])
    error_message = "identity_accounts must be numbers of 12 digits."
  }
}

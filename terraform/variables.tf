variable "name" {
  description = "What the names of all things made here begin with."
  type        = string
  default     = "anemia-mlops"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 24 lower-case letters, digits and hyphens, beginning with a letter and ending without a hyphen."
  }
}

variable "model" {
  description = "Name of the model, as \"model\" in its definition."
  type        = string
  default     = "anemia-detection"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}$", var.model))
    error_message = "The model must be at most 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "tags" {
  description = "Tags of all things made here."
  type        = map(string)
  default     = {}
}

variable "image_tag" {
  description = "Tag of the workers' image in the repository. null makes no workers, and removes those that there are."
  type        = string
  default     = null

  validation {
    condition     = var.image_tag == null || can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "The tag must be one of an image that stays as it is, like a commit: letters, digits, dots, hyphens, underscores, and not latest."
  }
}

variable "function" {
  description = "The function: name (null: the model's), alias, memory, time limit, concurrency reserved (-1: none), whether inputs are captured, access to its URL (AWS_IAM, or NONE for everybody), and pages of which other origins may ask it (cors; null: none). Name, alias and cors as \"deployment\" in the definition."
  type = object({
    name                 = optional(string)
    alias                = optional(string, "live")
    memory_mib           = optional(number, 256)
    timeout_seconds      = optional(number, 10)
    reserved_concurrency = optional(number, -1)
    capture_inputs       = optional(bool, true)
    url_access           = optional(string, "AWS_IAM")
    cors = optional(object({
      allow_origins   = list(string)
      allow_headers   = optional(list(string), ["content-type"])
      max_age_seconds = optional(number, 300)
    }))
  })
  default = {}

  validation {
    condition     = alltrue([for origin in try(var.function.cors.allow_origins, []) : origin == "*" || can(regex("^https?://[^/?#@*]+$", origin))])
    error_message = "function.cors.allow_origins must hold origins like https://clinic.example, or * alone."
  }

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.function.url_access)
    error_message = "function.url_access must be AWS_IAM, or NONE to open the function to everybody."
  }
  validation {
    condition     = var.function.memory_mib >= 128 && var.function.memory_mib <= 10240
    error_message = "function.memory_mib must be 128 to 10240."
  }
  validation {
    condition     = var.function.timeout_seconds >= 1 && var.function.timeout_seconds <= 900
    error_message = "function.timeout_seconds must be 1 to 900."
  }
  validation {
    condition     = can(regex("^[A-Za-z_-][A-Za-z0-9_-]{0,127}$", var.function.alias))
    error_message = "function.alias must be letters, digits, hyphens and underscores, not beginning with a digit."
  }
}

variable "capture" {
  description = "Captured predictions: days for which they are kept, and seconds or MiB after which a file is written. Drift checks read what was written by then: monitoring.settleSeconds of the definition (180 by default) must be buffering_seconds and two minutes or more."
  type = object({
    retention_days    = optional(number, 395)
    buffering_seconds = optional(number, 60)
    buffering_mib     = optional(number, 64)
  })
  default = {}

  validation {
    condition     = var.capture.buffering_seconds >= 0 && var.capture.buffering_seconds <= 900 && var.capture.buffering_mib >= 1 && var.capture.buffering_mib <= 128
    error_message = "capture.buffering_seconds must be 0 to 900 and capture.buffering_mib 1 to 128."
  }
}

variable "alarms" {
  description = "Addresses that get alarms, errors in five minutes that are borne, and the duration in milliseconds that the slowest hundredth of requests may have."
  type = object({
    emails      = optional(set(string), [])
    error_count = optional(number, 0)
    duration_ms = optional(number, 1000)
  })
  default = {}
}

variable "report_retention_days" {
  description = "Days for which reports of training runs and checks are kept in the bucket; null for ever."
  type        = number
  default     = null

  validation {
    condition     = var.report_retention_days == null || try(var.report_retention_days >= 1 && floor(var.report_retention_days) == var.report_retention_days, false)
    error_message = "report_retention_days must be a whole number of days from 1 on, or null."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept. The function's log holds the inputs of predictions where they are captured."
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch knows, like 30, 90, 365 or 731."
  }
}

variable "force_destroy" {
  description = "Whether destroying also removes data, models and images."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether MLflow's database and balancer refuse to be destroyed."
  type        = bool
  default     = true
}

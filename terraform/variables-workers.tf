variable "workers" {
  description = "Worker services by role: workflow and compute, or all. CPU units, memory and disk of each, fewest and most, and what they scale by: the percentage of CPU, or tasks waiting in the queue for each worker where backlog names a CloudWatch metric of them."
  type = map(object({
    cpu         = optional(number, 512)
    memory_mib  = optional(number, 1024)
    storage_gib = optional(number, 21)
    minimum     = optional(number, 1)
    maximum     = optional(number, 4)
    cpu_percent = optional(number, 60)
    backlog = optional(object({
      namespace  = string
      metric     = string
      dimensions = optional(map(string), {})
      per_worker = optional(number, 4)
    }))
  }))
  default = {
    workflow = { minimum = 2 }
    compute  = { cpu = 2048, memory_mib = 8192, storage_gib = 50 }
  }

  validation {
    condition     = contains([tolist(["all"]), tolist(["compute", "workflow"])], tolist(sort(keys(var.workers))))
    error_message = "workers must have the roles workflow and compute, or the role all alone: a queue without a worker would leave runs waiting."
  }
  validation {
    condition     = alltrue([for worker in values(var.workers) : worker.minimum >= 1 && worker.maximum >= worker.minimum])
    error_message = "Each of workers needs a minimum of 1 at least and a maximum that is not below it."
  }
}

variable "worker_settings" {
  description = "Settings of all workers: seconds that running work has to end in (at most 110: ECS kills after 120), slots (fixed or resource-based), log level, port of Prometheus metrics and the security groups that may ask it, address of an OTLP receiver and of Evidently, and further ports that they may call."
  type = object({
    shutdown_grace_seconds          = optional(number, 60)
    slots                           = optional(string, "fixed")
    log_level                       = optional(string, "info")
    metrics_port                    = optional(number)
    metrics_from_security_group_ids = optional(list(string), [])
    otlp_endpoint                   = optional(string)
    evidently_url                   = optional(string)
    egress_ports                    = optional(set(number), [])
  })
  default = {}

  validation {
    condition     = var.worker_settings.shutdown_grace_seconds >= 1 && var.worker_settings.shutdown_grace_seconds <= 110
    error_message = "worker_settings.shutdown_grace_seconds must be 1 to 110."
  }
  validation {
    condition     = contains(["fixed", "resource-based"], var.worker_settings.slots)
    error_message = "worker_settings.slots must be fixed or resource-based."
  }
  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.worker_settings.log_level)
    error_message = "worker_settings.log_level must be debug, info, warn or error."
  }
  validation {
    condition     = (var.worker_settings.metrics_port == null) == (length(var.worker_settings.metrics_from_security_group_ids) == 0)
    error_message = "worker_settings.metrics_port and worker_settings.metrics_from_security_group_ids belong together: give both or neither, because nobody else can ask a worker."
  }
}

variable "worker_secrets" {
  description = "ARNs of secrets that workers get: keys of the payload codec, webhook of alerts and what signs them, secret of Evidently."
  type = object({
    codec_keys    = optional(string)
    alert_webhook = optional(string)
    alert_secret  = optional(string)
    evidently     = optional(string)
  })
  default = {}

  validation {
    condition     = (var.worker_secrets.alert_webhook == null) == (var.worker_secrets.alert_secret == null)
    error_message = "worker_secrets.alert_webhook and worker_secrets.alert_secret belong together: give both or neither."
  }
  validation {
    condition     = alltrue([for arn in values(var.worker_secrets) : arn == null || can(regex("^arn:[a-z-]+:secretsmanager:", arn))])
    error_message = "worker_secrets must be ARNs of Secrets Manager, never values."
  }
}

variable "secret_key_arns" {
  description = "KMS keys of those secrets, where they are encrypted with other keys than AWS's own."
  type        = list(string)
  default     = []
}

variable "codec_kms_keys" {
  description = "Keys of the payload codec, encrypted by KMS, as id:base64; the first encrypts."
  type        = list(string)
  default     = []
}

variable "codec_kms_key_arns" {
  description = "KMS keys that codec_kms_keys were encrypted with, where they are others than the key made here."
  type        = list(string)
  default     = []
}

variable "codec_required" {
  description = "Whether workers and client refuse payloads that are not encrypted with a key of the codec."
  type        = bool
  default     = false
}

variable "dataset_arns" {
  description = "Data sets in other buckets, like arn:aws:s3:::bucket/folder/*."
  type        = list(string)
  default     = []
}

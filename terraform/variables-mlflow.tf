variable "mlflow" {
  description = "MLflow for experiments and models: tag of its image in mlflow_repository_url, size of server and database, a standby of the database, certificate and name of its address, addresses in the network (CIDR) from which people may reach it besides the workers. null makes none: the registry is in the bucket."
  type = object({
    image_tag       = string
    cpu             = optional(number, 1024)
    memory_mib      = optional(number, 2048)
    instance_class  = optional(string, "db.t4g.small")
    multi_az        = optional(bool, false)
    certificate_arn = optional(string)
    host_name       = optional(string)
    client_cidrs    = optional(set(string), [])
  })
  default = null

  validation {
    condition     = try(var.mlflow.certificate_arn, null) == null || try(var.mlflow.host_name, null) != null
    error_message = "mlflow.certificate_arn is for a name: give it as mlflow.host_name."
  }
  validation {
    condition     = alltrue([for cidr in try(var.mlflow.client_cidrs, []) : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "mlflow.client_cidrs must be networks, like 10.8.0.0/16, and not the whole internet."
  }
}

variable "deployer_arns" {
  description = "Roles or users that may move versions of the function by hand; none make no such role."
  type        = list(string)
  default     = []
}

variable "github" {
  description = "Repository (owner/name) and environment whose GitHub Actions may bring images and roll the workers; create_provider is false where the account has GitHub's OpenID Connect provider already. null makes no such role."
  type = object({
    repository      = string
    environment     = optional(string, "production")
    create_provider = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.github == null || can(regex("^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$", var.github.repository))
    error_message = "github.repository must be one repository, like owner/name, without wildcards."
  }
  validation {
    condition     = var.github == null || can(regex("^[A-Za-z0-9._-]+$", var.github.environment))
    error_message = "github.environment must be one environment, without wildcards."
  }
}

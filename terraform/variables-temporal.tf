variable "temporal" {
  description = "Where Temporal answers: address with port, namespace, tls, and ARNs of secrets with the API key or with certificate and key for mTLS (PEM); server_ca and server_name where the server's certificate needs them; ui is the address of the Web UI; cidr bounds where workers look for a port other than 443."
  type = object({
    address                       = string
    namespace                     = string
    tls                           = optional(bool, true)
    server_name                   = optional(string)
    api_key_secret_arn            = optional(string)
    client_certificate_secret_arn = optional(string)
    client_key_secret_arn         = optional(string)
    server_ca_secret_arn          = optional(string)
    ui                            = optional(string)
    cidr                          = optional(string, "0.0.0.0/0")
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9.-]+:[0-9]{1,5}$", var.temporal.address))
    error_message = "temporal.address must be a host and a port, like eu-central-1.aws.api.temporal.io:7233."
  }
  validation {
    condition     = (var.temporal.client_certificate_secret_arn == null) == (var.temporal.client_key_secret_arn == null)
    error_message = "temporal.client_certificate_secret_arn and temporal.client_key_secret_arn belong together: give both or neither."
  }
  validation {
    condition     = var.temporal.api_key_secret_arn == null || var.temporal.client_key_secret_arn == null
    error_message = "temporal has an API key and a client certificate: give one of them."
  }
  validation {
    condition     = var.temporal.tls || var.temporal.api_key_secret_arn == null && var.temporal.client_key_secret_arn == null
    error_message = "temporal.tls is false: an API key or a client certificate needs TLS."
  }
  validation {
    condition = alltrue([for arn in [
      var.temporal.api_key_secret_arn,
      var.temporal.client_certificate_secret_arn,
      var.temporal.client_key_secret_arn,
      var.temporal.server_ca_secret_arn,
    ] : arn == null || can(regex("^arn:[a-z-]+:secretsmanager:", arn))])
    error_message = "Secrets of temporal must be given as ARNs of Secrets Manager, never as values."
  }
}

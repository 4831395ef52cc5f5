variable "existing_network" {
  description = "A network with private subnets for workers and MLflow; null makes one."
  type        = object({ vpc_id = string, private_subnet_ids = list(string) })
  default     = null
}

variable "network" {
  description = "The network to make: its addresses (a /16), in how many zones, with a NAT gateway (for Temporal Cloud and data over https) or interface endpoints to AWS, or both; the PrivateLink service of Temporal's region."
  type = object({
    cidr                      = optional(string, "10.42.0.0/16")
    zones                     = optional(number, 2)
    nat_gateway               = optional(bool, true)
    endpoints                 = optional(set(string), [])
    temporal_endpoint_service = optional(string)
  })
  default = {}

  validation {
    condition     = can(cidrnetmask(var.network.cidr)) && endswith(var.network.cidr, "/16")
    error_message = "network.cidr must be a /16, like 10.42.0.0/16."
  }
  validation {
    condition     = var.network.zones >= 2 && var.network.zones <= 4
    error_message = "network.zones must be 2 to 4: a database and a load balancer need two at least."
  }
  validation {
    condition = var.network.nat_gateway || length(setsubtract(
      ["ecr.api", "ecr.dkr", "lambda", "logs", "kms", "monitoring", "secretsmanager"], var.network.endpoints
    )) == 0
    error_message = "Without network.nat_gateway, network.endpoints must have ecr.api, ecr.dkr, lambda, logs, kms, monitoring and secretsmanager."
  }
}

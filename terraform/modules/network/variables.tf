variable "name" {
  description = "Name of the network."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16."
  type        = string
}

variable "zones" {
  description = "In how many availability zones there are subnets."
  type        = number
}

variable "nat_gateway" {
  description = "Whether the private subnets reach the internet."
  type        = bool
}

variable "endpoints" {
  description = "AWS services with an interface endpoint."
  type        = set(string)
}

variable "temporal_endpoint_service" {
  description = "Name of a PrivateLink service of Temporal; null makes no endpoint."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the flow log."
  type        = string
}

variable "log_retention_days" {
  description = "Days for which the flow log is kept."
  type        = number
}

# A namespace of Temporal Cloud with an API key, which is in Secrets Manager already.

variable "image_tag" {
  description = "Tag of the workers' image; null before there is one."
  type        = string
  default     = null
}

module "anemia" {
  source = "../.."

  image_tag = var.image_tag
  temporal = {
    address            = "eu-central-1.aws.api.temporal.io:7233"
    namespace          = "anemia.a1b2c"
    api_key_secret_arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf"
  }
}

output "function_url" {
  description = "Address of the live model."
  value       = module.anemia.function_url
}

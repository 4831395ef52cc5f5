# A Temporal server of one's own with mTLS, MLflow, encrypted payloads, alarms by mail, GitHub Actions, no way out to the internet.

variable "image_tag" {
  description = "Tag of the workers' image; null before there is one."
  type        = string
  default     = null
}

locals {
  secret = "arn:aws:secretsmanager:eu-central-1:111122223333:secret"
}

module "anemia" {
  source = "../.."

  name      = "anemia-prod"
  model     = "anemia-detection"
  image_tag = var.image_tag
  tags      = { Owner = "haematology" }

  temporal = {
    address                       = "temporal.internal.example.com:7233"
    namespace                     = "anemia"
    server_name                   = "temporal.internal.example.com"
    client_certificate_secret_arn = "${local.secret}:temporal-client-AbCdEf:certificate::"
    client_key_secret_arn         = "${local.secret}:temporal-client-AbCdEf:key::"
    server_ca_secret_arn          = "${local.secret}:temporal-ca-AbCdEf"
    cidr                          = "10.42.0.0/16"
  }

  function = {
    memory_mib           = 512
    reserved_concurrency = 50
  }

  workers = {
    workflow = { minimum = 2, maximum = 4 }
    compute = {
      cpu         = 4096
      memory_mib  = 16384
      storage_gib = 100
      maximum     = 8
      backlog = {
        namespace  = "Temporal"
        metric     = "ApproximateBacklogCount"
        dimensions = { TaskQueue = "anemia-prod-compute" }
        per_worker = 2
      }
    }
  }

  worker_settings = {
    shutdown_grace_seconds          = 100
    slots                           = "resource-based"
    metrics_port                    = 9464
    metrics_from_security_group_ids = ["sg-0123456789abcdef0"] # Prometheus
    otlp_endpoint                   = "http://collector.internal.example.com:4318"
    egress_ports                    = [4318]
  }

  worker_secrets = {
    codec_keys    = "${local.secret}:codec-keys-AbCdEf"
    alert_webhook = "${local.secret}:alerts-AbCdEf:webhook::"
    alert_secret  = "${local.secret}:alerts-AbCdEf:secret::"
  }

  network = {
    zones                     = 3
    nat_gateway               = false
    endpoints                 = ["ecr.api", "ecr.dkr", "lambda", "logs", "kms", "monitoring", "secretsmanager"]
    temporal_endpoint_service = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
  }

  mlflow = {
    image_tag       = "3.17.2"
    multi_az        = true
    certificate_arn = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    host_name       = "mlflow.internal.example.com"
  }

  alarms        = { emails = ["oncall@example.com"], duration_ms = 500 }
  dataset_arns  = ["arn:aws:s3:::clinic-exports/anemia/*"]
  deployer_arns = ["arn:aws:iam::111122223333:role/operators"]
  github        = { repository = "example/anemia-mlops" }
}

output "environment" {
  description = "Environment of the client."
  value       = module.anemia.mlops_environment
}

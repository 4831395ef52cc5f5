# What a deployment is made of, with a provider that answers without AWS.

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_db_instance" {
    defaults = { master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds", kms_key_id = "", secret_status = "active" }] }
  }
  mock_resource "aws_vpc_endpoint" {
    defaults = { dns_entry = [{ dns_name = "endpoint.example.com", hosted_zone_id = "Z1" }] }
  }
}

variables {
  temporal = {
    address            = "temporal.example.com:7233"
    namespace          = "anemia"
    api_key_secret_arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf"
  }
}

run "before_the_image" {
  assert {
    condition     = length(module.workers) == 0 && length(module.network) == 0
    error_message = "Without an image there must be no worker and no network."
  }
  assert {
    condition     = startswith(output.data_uri, "s3://") && endswith(output.data_uri, "/data")
    error_message = "data_uri must be a folder in the bucket."
  }
  assert {
    condition     = output.function_name == var.model
    error_message = "The function must have the name of the model, as deployment.functionName has."
  }
  assert {
    condition     = output.mlops_environment["MLOPS_TASK_QUEUE"] == var.name
    error_message = "Deployments that share a namespace must have task queues of their own, by their names."
  }
  assert {
    condition     = output.mlops_environment["MLOPS_DEPLOY_TO"] == "aws" && output.mlops_environment["AWS_REGION"] == "eu-central-1"
    error_message = "The client must deploy to AWS, in this region."
  }
  assert {
    condition     = !anytrue([for name in keys(output.mlops_environment) : can(regex("API_KEY|SECRET|PASSWORD|CLIENT_KEY", name))])
    error_message = "The client's environment must hold no secret."
  }
}

run "with_workers" {
  variables {
    image_tag = "0123abc"
  }
  assert {
    condition     = keys(module.workers[0].log_groups) == ["compute", "workflow"]
    error_message = "There must be a worker service for workflows and one for numeric work."
  }
  assert {
    condition     = local.worker_secrets == { TEMPORAL_API_KEY = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf" }
    error_message = "The API key must come from Secrets Manager."
  }
  assert {
    condition     = output.client_secrets == ["TEMPORAL_API_KEY"]
    error_message = "Whoever deploys must be told that the client needs a key."
  }
  assert {
    condition     = length(setintersection(keys(local.worker_environment), keys(local.worker_secrets))) == 0
    error_message = "A secret must not be in the environment in plain text."
  }
  assert {
    condition     = local.worker_environment["TEMPORAL_TLS"] == "true"
    error_message = "Workers must speak TLS with Temporal."
  }
  assert {
    condition     = length(module.mlflow) == 0 && !contains(keys(local.worker_environment), "MLFLOW_TRACKING_URI")
    error_message = "Without mlflow there must be no MLflow."
  }
}

run "with_mlflow_and_mtls" {
  variables {
    image_tag = "0123abc"
    mlflow    = { image_tag = "3.17.2" }
    temporal = {
      address                       = "temporal.example.com:7233"
      namespace                     = "anemia"
      client_certificate_secret_arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf:certificate::"
      client_key_secret_arn         = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf:key::"
    }
  }
  assert {
    condition     = startswith(local.worker_environment["MLFLOW_TRACKING_URI"], "http://")
    error_message = "Workers must know MLflow's address."
  }
  assert {
    condition     = output.mlops_environment["MLFLOW_TRACKING_URI"] == local.worker_environment["MLFLOW_TRACKING_URI"]
    error_message = "The client must look for models where the workers keep them."
  }
  assert {
    condition     = endswith(output.mlflow_image, ":3.17.2") && output.mlflow_load_balancer != null
    error_message = "MLflow's image and its load balancer must be told."
  }
  assert {
    condition     = keys(local.worker_secrets) == ["TEMPORAL_TLS_CLIENT_CERT_DATA", "TEMPORAL_TLS_CLIENT_KEY_DATA"]
    error_message = "Certificate and key must come from Secrets Manager."
  }
}

run "with_codec_keys_of_kms" {
  variables {
    codec_kms_keys = ["2026-11:AAAA", "2026-10:BBBB"]
    codec_required = true
  }
  assert {
    condition     = output.mlops_environment["MLOPS_CODEC_REQUIRED"] == "true" && local.worker_environment["MLOPS_CODEC_REQUIRED"] == "true"
    error_message = "Client and workers must both refuse what is plain."
  }
  assert {
    condition     = output.mlops_environment["MLOPS_CODEC_KMS_KEYS"] == "2026-11:AAAA,2026-10:BBBB"
    error_message = "The client must encrypt what it sends, as the workers do."
  }
}

run "with_a_log_vouched_for" {
  variables {
    image_tag = "0123abc"
    model_log = {
      kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/log"
      anchor      = "s3://anchors/heads/"
    }
    downloads = { hosts = ["data.internal", "10.0.0.7:8080"] }
  }
  assert {
    condition = alltrue([for name, value in {
      MLOPS_LOG_KMS_KEY    = "arn:aws:kms:eu-central-1:111122223333:key/log"
      MLOPS_ANCHOR         = "s3://anchors/heads/"
      MLOPS_ANCHOR_DAYS    = "365"
      MLOPS_DOWNLOAD_HOSTS = "data.internal,10.0.0.7:8080"
    } : local.worker_environment[name] == value])
    error_message = "Workers must sign and anchor logs, and download, as they are told."
  }
  assert {
    condition     = output.mlops_environment["MLOPS_LOG_KMS_KEY"] == local.worker_environment["MLOPS_LOG_KMS_KEY"]
    error_message = "The client must sign and check as the workers do."
  }
  assert {
    condition     = local.anchor.bucket == "anchors" && local.anchor.prefix == "heads"
    error_message = "The roles must be for the folder of the anchors."
  }
}

run "with_codec_keys_of_secrets_manager" {
  variables {
    worker_secrets = { codec_keys = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:codec-AbCdEf" }
  }
  assert {
    condition     = contains(output.client_secrets, "MLOPS_CODEC_KEYS")
    error_message = "Whoever deploys must be told that the client needs the codec's keys."
  }
}

run "existing_network" {
  variables {
    image_tag        = "0123abc"
    existing_network = { vpc_id = "vpc-1", private_subnet_ids = ["subnet-1", "subnet-2"] }
  }
  assert {
    condition     = length(module.network) == 0 && local.subnet_ids == tolist(["subnet-1", "subnet-2"])
    error_message = "Workers must run in the network that is given."
  }
}

# How a worker is run.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
}

variables {
  name = "anemia-mlops"
  workers = { for role in ["compute", "workflow"] : role => {
    cpu     = 512, memory_mib = 1024, storage_gib = 21, minimum = 1, maximum = 2, cpu_percent = 60
    backlog = role == "workflow" ? null : { namespace = "Temporal", metric = "Backlog", dimensions = { TaskQueue = "q" }, per_worker = 3 }
  } }
  image                           = "repository:0123abc"
  architecture                    = "ARM64"
  repository_arn                  = "arn:aws:ecr:eu-central-1:111122223333:repository/anemia-mlops"
  environment                     = { LOG_FORMAT = "json" }
  secrets                         = { TEMPORAL_API_KEY = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf:key::" }
  secret_key_arns                 = []
  codec_key_arns                  = ["arn:aws:kms:eu-central-1:111122223333:key/codec"]
  metrics_port                    = 9464
  metrics_from_security_group_ids = ["sg-prometheus"]
  health_port                     = 8081
  shutdown_grace_seconds          = 60
  vpc_id                          = "vpc-1"
  subnet_ids                      = ["subnet-1"]
  egress_ports                    = { https = { cidr = "0.0.0.0/0", port = 443 } }
  bucket_arn                      = "arn:aws:s3:::bucket"
  dataset_arns                    = []
  log_key_arn                     = "arn:aws:kms:eu-central-1:111122223333:key/log"
  anchor                          = { bucket = "anchors", prefix = "heads" }
  deploy_policy                   = "{}"
  kms_key_arn                     = "arn:aws:kms:eu-central-1:111122223333:key/1"
  log_retention_days              = 365
}

run "worker" {
  module {
    source = "./modules/workers"
  }

  assert {
    condition = [for role in ["compute", "workflow"] : flatten([for statement in data.aws_iam_policy_document.task[role].statement :
      sort(statement.actions) if contains(statement.resources, "arn:aws:kms:eu-central-1:111122223333:key/log")
    ])] == [["kms:GetPublicKey"], ["kms:GetPublicKey", "kms:Sign"]]
    error_message = "Those who write logs must be allowed to sign them, and those who read them to check them alone."
  }
  assert {
    condition = [for role in ["compute", "workflow"] : anytrue([for statement in data.aws_iam_policy_document.task[role].statement :
      anytrue([for resource in statement.resources : endswith(resource, ":::anchors/heads/*")]) && contains(statement.actions, "s3:PutObject")
    ])] == [false, true]
    error_message = "Those who write logs must be allowed to anchor them, and nobody else."
  }

  assert {
    condition = alltrue([for task in aws_ecs_task_definition.this : alltrue([
      jsondecode(task.container_definitions)[0].readonlyRootFilesystem,
      jsondecode(task.container_definitions)[0].user == "10001:10001",
      jsondecode(task.container_definitions)[0].linuxParameters.initProcessEnabled,
    ])])
    error_message = "A worker must be no root, have an init process, and not write to its image."
  }
  assert {
    condition = alltrue([for role, task in aws_ecs_task_definition.this : contains(
      jsondecode(task.container_definitions)[0].environment, { name = "MLOPS_WORKER_ROLE", value = role }
    )])
    error_message = "A worker must know its role."
  }
  assert {
    condition     = alltrue([for task in aws_ecs_task_definition.this : jsondecode(task.container_definitions)[0].stopTimeout > 60])
    error_message = "ECS must wait longer than the worker."
  }
  assert {
    condition     = strcontains(join(" ", jsondecode(aws_ecs_task_definition.this["compute"].container_definitions)[0].healthCheck.command), ":8081/healthz")
    error_message = "The health check must ask the port that the worker is told."
  }
  assert {
    condition     = alltrue([for service in aws_ecs_service.this : !service.network_configuration[0].assign_public_ip && !service.enable_execute_command])
    error_message = "A worker must have no public address and no shell."
  }
  assert {
    condition     = keys(aws_iam_role_policy.deploy) == ["workflow"]
    error_message = "Workers for numeric work must not be allowed to deploy."
  }
  assert {
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.task["compute"].statement : tolist(statement.resources) if contains(statement.actions, "s3:PutObject")])) == toset(["arn:aws:s3:::bucket/store/*"])
    error_message = "Workers for numeric work must write artifacts alone: no key of the store, and not the bucket's number."
  }
  assert {
    condition     = length(setsubtract(["arn:aws:s3:::bucket/keys/*", "arn:aws:s3:::bucket/format.json"], flatten([for statement in data.aws_iam_policy_document.task["workflow"].statement : tolist(statement.resources) if contains(statement.actions, "s3:PutObject")]))) == 0
    error_message = "Workers for workflows must make the keys of the store and the bucket's number."
  }
  assert {
    condition     = toset([for arn in flatten([for statement in data.aws_iam_policy_document.task["compute"].statement : tolist(statement.resources)]) : arn if strcontains(arn, "bucket/keys/")]) == toset(["arn:aws:s3:::bucket/keys/fingerprint-key", "arn:aws:s3:::bucket/keys/store-id"])
    error_message = "Workers for numeric work must read no key of the bucket that they do not need."
  }
  assert {
    condition     = !anytrue(flatten([for document in data.aws_iam_policy_document.task : [for statement in document.statement : contains(statement.actions, "s3:DeleteObject")]]))
    error_message = "Workers must not be allowed to remove anything."
  }
  assert {
    condition = alltrue([for document in data.aws_iam_policy_document.task : anytrue([for statement in document.statement :
      contains(statement.actions, "kms:Decrypt") && contains(statement.resources, "arn:aws:kms:eu-central-1:111122223333:key/codec")
    ])])
    error_message = "Workers must be allowed to decrypt the codec's keys."
  }
  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.metrics[0].referenced_security_group_id == "sg-prometheus" &&
      aws_vpc_security_group_ingress_rule.metrics[0].from_port == 9464 &&
      jsondecode(aws_ecs_task_definition.this["compute"].container_definitions)[0].portMappings[0].containerPort == 9464
    )
    error_message = "Those who may ask for metrics must reach them."
  }
  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.execution.statement : tolist(statement.resources) if statement.sid == "Secrets"]) == ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:temporal-AbCdEf"]
    error_message = "Only the secrets that are named may be read, by their ARN without the key in them."
  }
  assert {
    condition = (
      length(aws_appautoscaling_policy.this["compute"].target_tracking_scaling_policy_configuration[0].customized_metric_specification) == 1 &&
      length(aws_appautoscaling_policy.this["workflow"].target_tracking_scaling_policy_configuration[0].predefined_metric_specification) == 1
    )
    error_message = "Workers must scale by the backlog where it is measured, else by the processors."
  }
}

# The key that signs logs is in the bucket: it is private, and its public half is what readers need.
run "log_key_in_the_bucket" {
  module {
    source = "./modules/workers"
  }

  variables {
    log_key_arn = null
  }

  assert {
    condition = toset([for arn in flatten([for statement in data.aws_iam_policy_document.task["compute"].statement : tolist(statement.resources)]) :
      arn if strcontains(arn, "bucket/keys/")
    ]) == toset([for name in ["fingerprint-key", "store-id", "log-verifying-key"] : "arn:aws:s3:::bucket/keys/${name}"])
    error_message = "Workers for numeric work must not read the key that signs logs."
  }
  assert {
    condition = !anytrue([for statement in data.aws_iam_policy_document.task["compute"].statement :
      contains(statement.actions, "s3:PutObject") && contains(statement.resources, "arn:aws:s3:::bucket/keys/log-verifying-key")
    ])
    error_message = "Workers for numeric work must not write the key that checks logs."
  }
}

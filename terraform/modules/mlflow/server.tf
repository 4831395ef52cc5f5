locals {
  postgres      = "16"
  postgres_port = 5432
  server_port   = 5000
  volumes       = { data = "/data", tmp = "/tmp" }
  database_uri = join("", [
    "postgresql://${aws_db_instance.this.username}@${aws_db_instance.this.address}:${local.postgres_port}",
    "/${aws_db_instance.this.db_name}?sslmode=require",
  ])
  # The name in the address that clients are given, as they send it; a health check needs none. Programs write names in small
  # letters, the balancer's own may have others.
  host_name     = coalesce(var.host_name, aws_lb.this.dns_name)
  allowed_hosts = join(",", distinct([local.host_name, lower(local.host_name)]))
  # Asks the database too: after AWS has rotated its password the server is replaced by one that has the new password.
  probe = <<-PYTHON
    import os, urllib.request, psycopg2
    psycopg2.connect(os.environ["MLFLOW_BACKEND_STORE_URI"], connect_timeout=4).close()
    urllib.request.urlopen("http://127.0.0.1:${local.server_port}/health", timeout=4)
  PYTHON
}

data "aws_region" "current" {}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory_mib
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  dynamic "volume" {
    for_each = local.volumes
    content {
      name = volume.key
    }
  }

  container_definitions = jsonencode([{
    name                   = "mlflow"
    image                  = var.image
    essential              = true
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    mountPoints            = [for name, path in local.volumes : { sourceVolume = name, containerPath = path, readOnly = false }]
    portMappings           = [{ containerPort = local.server_port, protocol = "tcp" }]
    # Who may ask is decided by the security groups; a name other than its own is that of a rebound one.
    command = [
      "mlflow", "server", "--host=0.0.0.0", "--port=${local.server_port}", "--allowed-hosts=${local.allowed_hosts}",
      "--artifacts-destination=s3://${var.bucket}/${var.prefix}",
    ]
    environment = [for name, value in {
      MLFLOW_BACKEND_STORE_URI = local.database_uri
      MLFLOW_DISABLE_TELEMETRY = "true"
    } : { name = name, value = value }]
    secrets = [{ name = "PGPASSWORD", valueFrom = "${local.password_secret}:password::" }]
    healthCheck = {
      command     = ["CMD", "python", "-c", local.probe]
      interval    = 30
      timeout     = 10
      retries     = 3
      startPeriod = 120
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = "mlflow"
      }
    }
  }])
}

resource "aws_ecs_service" "this" {
  name                              = "mlflow"
  cluster                           = var.cluster_arn
  task_definition                   = aws_ecs_task_definition.this.arn
  launch_type                       = "FARGATE"
  platform_version                  = "LATEST"
  desired_count                     = 1
  health_check_grace_period_seconds = 120
  enable_execute_command            = false
  propagate_tags                    = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.server.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "mlflow"
    container_port   = local.server_port
  }

  depends_on = [aws_lb_listener.this, aws_iam_role_policy.execution, aws_iam_role_policy.task]
}

locals {
  home    = "/var/lib/mlops"
  volumes = { home = local.home, tmp = "/tmp" }
  # The last seconds are for the program to end in, before ECS kills it.
  stop_seconds = var.shutdown_grace_seconds + 10
}

data "aws_region" "current" {}

resource "aws_ecs_task_definition" "this" {
  for_each = var.workers

  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory_mib
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task[each.key].arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  ephemeral_storage {
    size_in_gib = each.value.storage_gib
  }

  dynamic "volume" {
    for_each = local.volumes
    content {
      name = volume.key
    }
  }

  container_definitions = jsonencode([{
    name                   = "worker"
    image                  = var.image
    essential              = true
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    stopTimeout            = local.stop_seconds
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    mountPoints            = [for name, path in local.volumes : { sourceVolume = name, containerPath = path, readOnly = false }]
    portMappings           = [for port in var.metrics_port[*] : { name = "metrics", containerPort = port, protocol = "tcp" }]
    environment = [for name, value in merge(var.environment, {
      MLOPS_HOME            = local.home
      MLOPS_WORKER_ROLE     = each.key
      MLOPS_COMPUTE_THREADS = tostring(ceil(each.value.cpu / 1024))
      MLOPS_HEALTH_PORT     = tostring(var.health_port)
      MLOPS_SHUTDOWN_GRACE  = tostring(var.shutdown_grace_seconds)
    }) : { name = name, value = value }]
    secrets = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
    healthCheck = {
      command = ["CMD", "node", "-e", join("", [
        "fetch('http://127.0.0.1:${var.health_port}/healthz')",
        ".then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))",
      ])]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this[each.key].name
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = "worker"
      }
    }
  }])
}

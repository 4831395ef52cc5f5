resource "aws_ecs_service" "this" {
  for_each = var.workers

  name                               = each.key
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this[each.key].arn
  launch_type                        = "FARGATE"
  platform_version                   = "LATEST"
  desired_count                      = each.value.minimum
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  enable_execute_command             = false
  propagate_tags                     = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = false
  }

  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.task]
}

resource "aws_appautoscaling_target" "this" {
  for_each = var.workers

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this[each.key].name}"
  min_capacity       = each.value.minimum
  max_capacity       = each.value.maximum
}

# By what waits in the task queue where that is measured, else by the use of processors. A worker that is taken away
# finishes or gives back what it does.
resource "aws_appautoscaling_policy" "this" {
  for_each = var.workers

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.backlog == null ? each.value.cpu_percent : each.value.backlog.per_worker
    scale_in_cooldown  = 600
    scale_out_cooldown = 60

    dynamic "predefined_metric_specification" {
      for_each = each.value.backlog == null ? [1] : []
      content {
        predefined_metric_type = "ECSServiceAverageCPUUtilization"
      }
    }

    dynamic "customized_metric_specification" {
      for_each = each.value.backlog == null ? [] : [each.value.backlog]
      iterator = backlog
      content {
        metrics {
          id          = "waiting"
          return_data = false
          metric_stat {
            stat = "Average"
            metric {
              namespace   = backlog.value.namespace
              metric_name = backlog.value.metric
              dynamic "dimensions" {
                for_each = backlog.value.dimensions
                content {
                  name  = dimensions.key
                  value = dimensions.value
                }
              }
            }
          }
        }
        metrics {
          id          = "running"
          return_data = false
          metric_stat {
            stat = "Average"
            metric {
              namespace   = "ECS/ContainerInsights"
              metric_name = "RunningTaskCount"
              dimensions {
                name  = "ClusterName"
                value = aws_ecs_cluster.this.name
              }
              dimensions {
                name  = "ServiceName"
                value = each.key
              }
            }
          }
        }
        metrics {
          id          = "each"
          label       = "Tasks waiting for each worker"
          expression  = "waiting / MAX([running, 1])"
          return_data = true
        }
      }
    }
  }
}

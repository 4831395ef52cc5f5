resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = var.workers

  name              = "/ecs/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# Workers ask; nobody asks them but for their metrics.
resource "aws_security_group" "this" {
  name        = "${var.name}-workers"
  description = "Workers: no way in but to metrics"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "metrics" {
  count = length(var.metrics_from_security_group_ids)

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.metrics_from_security_group_ids[count.index]
  description                  = "Metrics"
  ip_protocol                  = "tcp"
  from_port                    = var.metrics_port
  to_port                      = var.metrics_port
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = var.egress_ports

  security_group_id = aws_security_group.this.id
  description       = "To ${each.key}"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

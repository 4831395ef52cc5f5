# Workers reach the load balancer, it reaches the server, that reaches the database; nothing else reaches any of them,
# but for people in the networks that are given.

locals {
  groups = {
    balancer = aws_security_group.balancer.id
    server   = aws_security_group.server.id
    database = aws_security_group.database.id
    workers  = var.client_security_group_id
  }
  steps = {
    balancer = { from = "workers", to = "balancer", port = local.listener_port }
    server   = { from = "balancer", to = "server", port = local.server_port }
    database = { from = "server", to = "database", port = local.postgres_port }
  }
}

resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "MLflow for the workers"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "server" {
  name        = "${var.name}-server"
  description = "MLflow behind its load balancer"
  vpc_id      = var.vpc_id
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "Database of MLflow"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "step" {
  for_each = local.steps

  security_group_id            = local.groups[each.value.to]
  referenced_security_group_id = local.groups[each.value.from]
  description                  = "From ${each.value.from}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = var.client_cidrs

  security_group_id = aws_security_group.balancer.id
  description       = "From people"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = local.listener_port
  to_port           = local.listener_port
}

resource "aws_vpc_security_group_egress_rule" "step" {
  for_each = local.steps

  security_group_id            = local.groups[each.value.from]
  referenced_security_group_id = local.groups[each.value.to]
  description                  = "To ${each.value.to}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.server.id
  description       = "To AWS: image, secret, log, artifacts"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

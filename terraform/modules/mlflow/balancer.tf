locals {
  tls           = var.certificate_arn != null
  listener_port = local.tls ? 443 : 80
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:Its log would have to go to a bucket without the customer's key; the flow log of the network has the connections
  #checkov:skip=CKV_AWS_150:On unless deletion_protection says otherwise
  #checkov:skip=CKV2_AWS_20:Internal: with a certificate there is no listener for HTTP at all
  #checkov:skip=CKV2_AWS_28:Internal, and its security group lets in the workers and the networks that are given
  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:MLflow's server speaks HTTP; the way from the balancer to it stays inside the network
  name                 = var.name
  port                 = local.server_port
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = var.vpc_id
  deregistration_delay = 30

  health_check {
    path    = "/health"
    matcher = "200"
  }
}

resource "aws_lb_listener" "this" {
  #checkov:skip=CKV_AWS_2:HTTPS once certificate_arn is given; without, inside the network alone
  #checkov:skip=CKV_AWS_103:TLS 1.2 at least, once certificate_arn is given
  load_balancer_arn = aws_lb.this.arn
  port              = local.listener_port
  protocol          = local.tls ? "HTTPS" : "HTTP"
  certificate_arn   = var.certificate_arn
  ssl_policy        = local.tls ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

output "tracking_uri" {
  description = "Address of MLflow, inside the network."
  value       = "${local.tls ? "https" : "http"}://${local.host_name}"
}

output "load_balancer_dns_name" {
  description = "What host_name must point to."
  value       = aws_lb.this.dns_name
}

output "database_secret_arn" {
  description = "Secret that AWS keeps the password of the database in."
  value       = local.password_secret
}

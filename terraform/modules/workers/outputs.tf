output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "cluster_arn" {
  description = "ARN of the cluster."
  value       = aws_ecs_cluster.this.arn
}

output "security_group_id" {
  description = "Security group of the workers."
  value       = aws_security_group.this.id
}

output "log_groups" {
  description = "Names of the log groups by role."
  value       = { for role, group in aws_cloudwatch_log_group.this : role => group.name }
}

output "role_arns" {
  description = "Roles that a new task definition hands over."
  value       = concat([aws_iam_role.execution.arn], [for role in aws_iam_role.task : role.arn])
}

output "deploy_policy" {
  description = "JSON policy of those that deploy the function."
  value       = data.aws_iam_policy_document.deploy.json
}

output "deployer_role_arn" {
  description = "Role of the deployer; null without one."
  value       = one(aws_iam_role.deployer[*].arn)
}

output "github_role_arn" {
  description = "Role of GitHub Actions; null without one."
  value       = one([for role in aws_iam_role.github : role.arn])
}

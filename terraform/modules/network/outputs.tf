output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Its private subnets."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "temporal_endpoint" {
  description = "DNS name of the endpoint of Temporal; null without one."
  value       = one([for endpoint in aws_vpc_endpoint.temporal : endpoint.dns_entry[0].dns_name])
}

# Ways to AWS that do not leave the network. The one to S3 costs nothing; the others are made on request, and are needed
# where there is no NAT gateway.

data "aws_region" "current" {}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]

  tags = { Name = "${var.name}-s3" }
}

resource "aws_vpc_endpoint" "service" {
  for_each = var.endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true

  tags = { Name = "${var.name}-${each.key}" }
}

# A service of others in their network, like a namespace of Temporal Cloud over PrivateLink.
resource "aws_vpc_endpoint" "temporal" {
  count = var.temporal_endpoint_service == null ? 0 : 1

  vpc_id             = aws_vpc.this.id
  service_name       = var.temporal_endpoint_service
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids = [aws_security_group.endpoints.id]

  tags = { Name = "${var.name}-temporal" }
}

resource "aws_security_group" "endpoints" {
  #checkov:skip=CKV2_AWS_5:Held by the endpoints, which are made on request
  name        = "${var.name}-endpoints"
  description = "Endpoints, for the private subnets"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = { https = 443, temporal = 7233 }

  security_group_id = aws_security_group.endpoints.id
  description       = "From the network, ${each.key}"
  cidr_ipv4         = var.cidr
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

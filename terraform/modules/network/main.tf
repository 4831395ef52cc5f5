# A network of private subnets. With a NAT gateway they reach the internet (Temporal Cloud, data over https);
# nothing there reaches them.

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:The first of a region's own zones by name; regions gain further ones seldom, and at the end
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.available.names, 0, var.zones)
  # /20 for each private subnet of a /16, /24 for a public one at its end.
  private = { for i, zone in local.zones : zone => cidrsubnet(var.cidr, 4, i) }
  public  = { for i, zone in local.zones : zone => cidrsubnet(var.cidr, 8, 255 - i) if var.nat_gateway }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.name }
}

# Whatever is made without a security group of its own reaches nothing.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

output "topic_arn" {
  description = "Topic that gets the alarms."
  value       = aws_sns_topic.this.arn
}

plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Variables are in a file per subject.
rule "terraform_standard_module_structure" {
  enabled = false
}

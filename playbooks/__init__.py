"""What is done for customers, as data: one YAML file per playbook, and the code that reads and checks them."""

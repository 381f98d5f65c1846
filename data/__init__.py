"""What is stored and how it is reached: the warehouse, its schema, the registry and the reduction."""

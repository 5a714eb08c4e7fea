"""What a reader tries out: lesson and screen together."""

"""Speed as ratios measured in one run, never as a test that a busy machine can fail."""

"""Speed and quality, measured as ratios within one run. One module a question: ``python -m benchmarks NAME [--json]``."""

"""Training of the encoder that reads oblique wording; offline, never needed to build, run or test the product."""

"""Inert stand-in for Keras, which comes with TensorFlow. See `tensorflow`."""

import tensorflow._refusal as _refusal

__version__ = "2.12.0+standin"
__getattr__ = _refusal.attributes_of(__name__)

"""Tapak: attendance by signed GPS check-ins for Indonesian government offices."""

"""The inbox: what providers send is stored before it is answered, and worked through once."""

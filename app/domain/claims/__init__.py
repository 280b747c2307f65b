"""Claims: what an agent said is so, read from her words and laid beside what is so."""

"""What is said on the demo town's telephones, trade by trade.

Each dialogue begins with `## outcome | how often | mood`, perhaps with `| services` that it is for; then `A` speaks for the
assistant, `C` for the caller, `T` for the person a call was put through to, `>` names the tool that the assistant uses there,
and `=` is the summary. `[a|b]` says one of both, `{time}` is filled in.
"""

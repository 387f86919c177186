"""Machines over WinRM: who they are, how we log on, and one PowerShell program run on them.

`certificate` looks at who answers before anybody logs on, `pinned` lets nothing out but to the pinned certificate,
`exchange` gives PowerShell the program and takes the answer, and `words` says what went wrong. The protocol is
pywinrm's, the log-on NTLM by pyspnego, bound to the TLS channel.
"""

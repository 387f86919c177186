"""Machines over WinRM: who they are, how we log on, and one PowerShell program run on them.

`certificate` looks at who answers before anybody logs on, and `pinned` lets nothing out but to the pinned certificate.
`shell` (WinRS, by pywinrm) and `runspace` (PSRP, by pypsrp) give PowerShell the program and take the answer, and
`words` says what went wrong. The log-on is NTLM by pyspnego, bound to the TLS channel.
"""

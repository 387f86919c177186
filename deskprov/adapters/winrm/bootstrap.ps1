$ProgressPreference = 'SilentlyContinue'
Invoke-Expression (@($input) -join "`n")

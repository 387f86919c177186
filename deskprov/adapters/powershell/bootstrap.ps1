$ProgressPreference = 'SilentlyContinue'
try { [Console]::OutputEncoding = New-Object -TypeName System.Text.UTF8Encoding } catch { }
Invoke-Expression (@($input) -join "`n")

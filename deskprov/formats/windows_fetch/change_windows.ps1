# Fetches a file from the file server of a run of deskprov, and puts it in its place when it is whole and the right one.
#
# Whatever keeps it from coming is no failure: $Ansible.Result.slow says why, and the file comes another way. The
# certificate is compared right after the handshake, before anything is sent. The callback runs on the thread that calls
# AuthenticateAsClient, which has a runspace; that of a web request would run on one of the pool, which has none.

[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string]$Path,
    [Parameter(Mandatory)] [string]$Sha256,
    [Parameter(Mandatory)] [long]$Size,
    [string]$Url,
    [string]$Pin,
    [string]$Trouble,
    [int]$ConnectSeconds = 10,
    [int]$SilentSeconds = 60
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

$LongestHead = 1024

#include deskprov.formats.windows_files/place_windows.ps1

# What brings the bytes of the file. Throws when there is no such thing.
function Open-Body($from, $client) {
    Connect-Server $from $client
    $client.ReceiveTimeout = $client.SendTimeout = $SilentSeconds * 1000
    $any = [System.Net.Security.RemoteCertificateValidationCallback]{ $true }
    $stream = New-Object -TypeName System.Net.Security.SslStream -ArgumentList $client.GetStream(), $false, $any
    $stream.AuthenticateAsClient($from.DnsSafeHost, $null, 'Tls12', $false)
    if ((Get-Digest $stream.RemoteCertificate.GetRawCertData()) -ne $Pin) { throw "what answers at $($from.Authority) is not deskprov: it shows another certificate" }
    $asked = [System.Text.Encoding]::ASCII.GetBytes("GET $($from.PathAndQuery) HTTP/1.0`r`n`r`n")
    $stream.Write($asked, 0, $asked.Length)
    $status = ((Read-Head $stream) -split ' ')[1]
    if ($status -ne '200') { throw "deskprov's file server refuses it ($status)" }
    $stream
}

function Connect-Server($from, $client) {
    $why = "no answer within $ConnectSeconds s"
    try { if ($client.ConnectAsync($from.DnsSafeHost, $from.Port).Wait($ConnectSeconds * 1000)) { return } }
    catch { $why = Get-Why $_.Exception }
    throw "the PC does not reach deskprov's file server at $($from.Authority) ($why)"
}

function Read-Head($stream) {
    $head = ''
    while ($head.Length -lt $LongestHead) {
        $byte = $stream.ReadByte()
        if ($byte -lt 0) { throw "deskprov's file server broke off" }
        $head += [char]$byte
        if ($head.EndsWith("`r`n`r`n", 'Ordinal')) { return $head }
    }
    throw "what deskprov's file server says is not understood"
}

# Why it did not come, or nothing. What goes wrong with the file itself is thrown.
function Save-Body($from, $client, $new) {
    try { $body = Open-Body $from $client }
    catch { return Get-Why $_.Exception }
    $file = [System.IO.File]::Open($new, 'CreateNew', 'Write', 'None')
    try {
        $block = New-Object -TypeName byte[] -ArgumentList 65536
        $left = $Size
        while ($left -gt 0) {
            try { $count = $body.Read($block, 0, [System.Math]::Min($left, $block.Length)) }
            catch { return Get-Why $_.Exception }
            if ($count -eq 0) { return "it broke off after $($Size - $left) of $Size bytes" }
            $file.Write($block, 0, $count)
            $left -= $count
        }
    }
    finally { $file.Dispose() }
}

function Get-FileDigest($path) {
    $file = [System.IO.File]::Open($path, 'Open', 'Read', 'Read')
    try { Get-Digest $file }
    finally { $file.Dispose() }
}

# Of bytes, or of all that a stream brings.
function Get-Digest($content) {
    $sha = [System.Security.Cryptography.SHA256]::Create()
    [System.BitConverter]::ToString($sha.ComputeHash($content)) -replace '-'
}

function Get-Why($exception) {
    while ($exception.InnerException) { $exception = $exception.InnerException }
    $exception.Message
}

if ([System.IO.Directory]::Exists($Path)) { throw "path $Path is a folder" }
$above = [System.IO.Path]::GetDirectoryName($Path)
if (-not [System.IO.Directory]::Exists($above)) { throw "Destination directory '$above' does not exist" }
# always the same beside one place, so that what a fetch left that was killed goes with the next
$named = (Get-Digest ([System.Text.Encoding]::Unicode.GetBytes($Path.ToLowerInvariant()))).Substring(0, 16)
$new = [System.IO.Path]::Combine($above, ".deskprov-$named")
if (-not $Ansible.CheckMode) { [System.IO.File]::Delete($new) }
$there = [System.IO.File]::Exists($Path)
if ($there -and (Get-FileDigest $Path) -eq $Sha256) { return }
if ($Trouble) {
    $Ansible.Result = @{ slow = $Trouble }
    return
}
if ($Ansible.CheckMode) {
    $Ansible.Changed = $true
    return
}

$from = [uri]$Url
$family = if ($from.HostNameType -eq 'IPv6') { 'InterNetworkV6' } else { 'InterNetwork' }
$client = New-Object -TypeName System.Net.Sockets.TcpClient -ArgumentList ([System.Net.Sockets.AddressFamily]$family)
try {
    $why = Save-Body $from $client $new
    if ($why) {
        $Ansible.Result = @{ slow = "$why" }
        return
    }
    if ((Get-FileDigest $new) -ne $Sha256) {
        throw "What came is not the file that was planned (another SHA-256). Nothing was put at $Path."
    }
    $Ansible.Changed = $true
    Set-InPlace $new $Path
}
finally {
    $client.Close()
    [System.IO.File]::Delete($new)
}

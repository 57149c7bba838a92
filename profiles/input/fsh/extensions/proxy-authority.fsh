Extension: ProxyAuthority
Id: proxy-authority
Title: "Legal authority of the proxy"
Description: "The legal instrument that gives the proxy their powers."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only code
* value[x] from ProxyAuthorityVS (required)

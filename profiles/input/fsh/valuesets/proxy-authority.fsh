ValueSet: ProxyAuthorityVS
Id: proxy-authority
Title: "Legal authority of a proxy"
Description: "All codes of the code system ProxyAuthorityCodes."
* ^experimental = false
* include codes from system ProxyAuthorityCodes

ValueSet: ProxyAuthorityVS
Id: proxy-authority
Title: "Legal authority of a proxy"
Description: "All codes that say: legal authority of a proxy."
* ^experimental = false
* include codes from system ProxyAuthorityCodes

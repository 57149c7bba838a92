Extension: ProxyPresent
Id: proxy-present
Title: "Whether there is a legal proxy"
Description: "Whether someone has the legal power to decide for the person, as it was answered when the plan was made: yes, no, or not known. That no welfare proxy is named says nothing by itself. Emergency care plans only."
Context: CarePlan
* insert LocalExtension
* value[x] 1..1
* value[x] only Coding
* value[x] from ProxyPresentVS (required)

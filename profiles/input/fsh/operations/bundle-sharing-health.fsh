Instance: Bundle-sharing-health
InstanceOf: OperationDefinition
Usage: #definition
Title: "Whether what is held is current"
Description: "Whether the summaries that are held here can be trusted to be current, by the word of those who send them."
* url = "https://keyplan.example/fhir/OperationDefinition/Bundle-sharing-health"
* name = "SharingHealth"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #sharing-health
* resource = #Bundle
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #held
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Persons of whom a current summary is held here."
  * type = #unsignedInt
* parameter[+]
  * name = #sender
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "One sender that has been heard."
  * part[+]
    * name = #id
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Client id of the sender."
    * type = #string
  * part[+]
    * name = #recipient
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The id under which the sender has registered this system."
    * type = #string
  * part[+]
    * name = #state
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "current, or may-be-out-of-date: two heartbeats were missed, or something has not come that should be here."
    * type = #code
  * part[+]
    * name = #since
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Since when what is held may be out of date."
    * type = #instant
  * part[+]
    * name = #message
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The same in words, to be shown to readers."
    * type = #string
  * part[+]
    * name = #heardAt
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "When the sender was last heard."
    * type = #instant
  * part[+]
    * name = #expected
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Persons of whom its current summary should be held here, by its last heartbeat."
    * type = #unsignedInt
  * part[+]
    * name = #heartbeat
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The last heartbeat as it was signed: canonical JSON."
    * type = #string
  * part[+]
    * name = #signature
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Its signature."
    * type = #string

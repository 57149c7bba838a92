Instance: Bundle-sharing-heartbeat
InstanceOf: OperationDefinition
Usage: #definition
Title: "A sender is there"
Description: "A sender of summaries says every 30 seconds that it is there, and what should be held here. A recipient that has not heard two in a row says that what it holds may be out of date. It refuses one that is older than the last, repeated, late, or not signed with a key that the sender announced."
* url = "https://keyplan.example/fhir/OperationDefinition/Bundle-sharing-heartbeat"
* name = "SharingHeartbeat"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #sharing-heartbeat
* resource = #Bundle
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #recipient
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The id under which the sender has registered this recipient."
  * type = #string
* parameter[+]
  * name = #epoch
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Epoch of the sender: rises when its database was restored."
  * type = #unsignedInt
* parameter[+]
  * name = #number
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Number of the heartbeat to this recipient; each is higher than the one before."
  * type = #positiveInt
* parameter[+]
  * name = #time
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "When it was made, by the clock of the sender."
  * type = #instant
* parameter[+]
  * name = #highestSequence
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The highest sequence among the summaries that should be held here."
  * type = #unsignedInt
* parameter[+]
  * name = #count
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Persons whose current summary should be held here."
  * type = #unsignedInt
* parameter[+]
  * name = #outstandingSince
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Since when something that should be held here has not been confirmed; absent where all has been."
  * type = #instant
* parameter[+]
  * name = #checkpoint
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The newest seal of the sender's audit log, as canonical JSON: how many rows it has (size), epoch, root of their Merkle tree (RFC 6962, base64url), previousRoot, time, through, and key and signature (Ed25519, base64url) over the canonical JSON of the others after a line \"keyplan-audit-seal\". Absent where nothing was sealed in this epoch."
  * type = #string
* parameter[+]
  * name = #consistency
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "That this tree begins with the one that the recipient keeps: its size and the hashes of the proof (RFC 6962, section 2.1.2; base64url), with blanks between them."
  * type = #string
* parameter[+]
  * name = #keys
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Thumbprints (RFC 7638) of the keys that the sender publishes, with a blank between them. The next heartbeat is signed with one of them."
  * type = #string
* parameter[+]
  * name = #signature
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Detached JWS (RFC 7515, Appendix F; ES384) over the canonical JSON (RFC 8785) of the other values by their names, keys as an array of strings. The header brings the public key (jwk), which the sender publishes."
  * type = #string
* parameter[+]
  * name = #heardAt
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "When it was heard here."
  * type = #instant
* parameter[+]
  * name = #witnessed
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Which seal of the sender's audit log is kept here: its epoch and size, with a slash between them. The next heartbeat proves that it continues that one."
  * type = #string

// Adapter for reallydangerous. Its key derivation "django-concat" is that of Django's Signer.
import reallydangerous from 'reallydangerous';
import {answerAll, hash} from './lines.mjs';

function read({cookie, keys, salt, sep, algorithm}) {
  const key = Buffer.from(keys[0], 'hex');
  const signer = new reallydangerous.Signer(key, salt, sep, 'django-concat', hash(algorithm));
  return cookie === null ? {} : {text: signer.unsign(cookie)};
}

await answerAll(read);

// Adapter for itsdangerous.js. Its key derivation "django-concat" is that of Django's Signer.
import {KeyDerivation, Signer, URLSafeSerializer} from 'itsdangerous.js';
import {answerAll, hash} from './lines.mjs';

function read({cookie, keys, salt, sep, algorithm, object}) {
  const secretKey = keys.map((key) => Buffer.from(key, 'hex')).reverse(); // the newest is the last
  const signerOpts = {sep, digestMethod: hash(algorithm), keyDerivation: KeyDerivation.DjangoConcat};
  if (object) {
    return {json: JSON.stringify(new URLSafeSerializer({secretKey, salt, signerOpts}).parse(cookie))};
  }
  const signer = new Signer({secretKey, salt, ...signerOpts});
  return cookie === null ? {} : {text: signer.unsign(cookie).toString()};
}

await answerAll(read);
